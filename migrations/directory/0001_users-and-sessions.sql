CREATE TABLE `passwords` (
	`user_id` text PRIMARY KEY NOT NULL,
	`hash` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`family_hash` text NOT NULL,
	`turn_hash` text NOT NULL,
	`refreshed_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `signing_keys` (
	`generation` integer PRIMARY KEY NOT NULL,
	`kid` text NOT NULL,
	`public_jwk` text NOT NULL,
	`nonce` blob NOT NULL,
	`sealed_private_jwk` blob NOT NULL,
	`signs_from` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `signing_keys_kid_unique` ON `signing_keys` (`kid`);--> statement-breakpoint
DROP INDEX `users_email`;--> statement-breakpoint
ALTER TABLE `users` ADD `name` text;--> statement-breakpoint
ALTER TABLE `users` ADD `revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `told_revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `must_change_password` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `users` ADD `password_set_at` integer;--> statement-breakpoint
ALTER TABLE `users` ADD `deleted_at` integer;--> statement-breakpoint
CREATE INDEX `users_sign_in` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_untold` ON `users` (`id`) WHERE "users"."told_revision" < "users"."revision";--> statement-breakpoint
CREATE INDEX `users_firm` ON `users` (`firm_id`,`created_at`,`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`firm_id`,`email`) WHERE "users"."deleted_at" is null;--> statement-breakpoint
ALTER TABLE `tokens` ADD `is_session` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `tokens_principal` ON `tokens` (`principal_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `tokens_name` ON `tokens` (`site_id`,`kind`,`name`);--> statement-breakpoint
CREATE INDEX `tokens_sessions` ON `tokens` (`expires_at`) WHERE "tokens"."is_session";