ALTER TABLE `users` ADD `credential_set_by` text;--> statement-breakpoint
ALTER TABLE `users` ADD `credential_humans` text;--> statement-breakpoint
ALTER TABLE `users` ADD `credential_confirmed_by` text;--> statement-breakpoint
ALTER TABLE `users` ADD `credential_confirmed_at` integer;