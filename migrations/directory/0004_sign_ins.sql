DROP INDEX `users_sign_in`;--> statement-breakpoint
ALTER TABLE `users` ADD `last_sign_in_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `devices_from` integer;--> statement-breakpoint
CREATE INDEX `users_sign_in` ON `users` (`email`,"last_sign_in_at" desc,`created_at`,`id`) WHERE "users"."deleted_at" is null and "users"."password_set_at" is not null;