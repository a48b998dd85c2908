CREATE TABLE `firms` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`firm_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`firm_id`) REFERENCES `firms`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`firm_id`,`email`);--> statement-breakpoint
CREATE TABLE `sites` (
	`id` text PRIMARY KEY NOT NULL,
	`firm_id` text NOT NULL,
	`name` text NOT NULL,
	`environment` text NOT NULL,
	`database` text NOT NULL,
	`jurisdiction` text,
	`region_hint` text,
	`epoch` integer NOT NULL,
	`origins` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sites_firm` ON `sites` (`firm_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`site_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`role` text NOT NULL,
	`principal_id` text NOT NULL,
	`entity_ids` text,
	`hint` text NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `tokens_site` ON `tokens` (`site_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `sealed_answers` (
	`id` text PRIMARY KEY NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer NOT NULL,
	`nonce` blob NOT NULL,
	`ciphertext` blob NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sealed_answers_created` ON `sealed_answers` (`created_at`);--> statement-breakpoint
CREATE TABLE `ledger_numbers` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`ledger_id` text NOT NULL,
	`site_id` text NOT NULL,
	`entity_id` text NOT NULL,
	`currency` text NOT NULL,
	`scale` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_numbers_ledger_id_unique` ON `ledger_numbers` (`ledger_id`);