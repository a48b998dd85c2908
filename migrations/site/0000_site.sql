CREATE TABLE `entities` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`functional_currency` text NOT NULL,
	`scale` integer NOT NULL,
	`fiscal_year_start` text NOT NULL,
	`functional_ledger_id` text NOT NULL,
	`country` text,
	`external_id` text,
	`metadata` text NOT NULL,
	`status` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `entities_external_id` ON `entities` (`site_id`,`external_id`);--> statement-breakpoint
CREATE INDEX `entities_created` ON `entities` (`site_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `entities_name` ON `entities` (`site_id`,`name`,`id`);--> statement-breakpoint
CREATE TABLE `accounts` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`ledger_id` text NOT NULL,
	`code` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`type` text NOT NULL,
	`subtype` text,
	`parent_id` text,
	`role` text,
	`stable_key` text,
	`external_id` text,
	`min_balance` integer,
	`max_balance` integer,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`),
	FOREIGN KEY (`site_id`,`ledger_id`) REFERENCES `ledgers`(`site_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `accounts_code` ON `accounts` (`site_id`,`ledger_id`,`code`,`id`);--> statement-breakpoint
CREATE INDEX `accounts_created` ON `accounts` (`site_id`,`ledger_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `accounts_name` ON `accounts` (`site_id`,`ledger_id`,`name`,`id`);--> statement-breakpoint
CREATE INDEX `accounts_external_id` ON `accounts` (`site_id`,`ledger_id`,`external_id`);--> statement-breakpoint
CREATE INDEX `accounts_parent` ON `accounts` (`site_id`,`ledger_id`,`parent_id`);--> statement-breakpoint
CREATE TABLE `jobs` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`ledger_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`),
	FOREIGN KEY (`site_id`,`ledger_id`) REFERENCES `ledgers`(`site_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `ledger_heads` (
	`site_id` text NOT NULL,
	`ledger_number` integer NOT NULL,
	`sequence` integer NOT NULL,
	`seal` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `ledger_number`, `sequence`)
);
--> statement-breakpoint
CREATE TABLE `ledgers` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`number` integer NOT NULL,
	`entity_id` text NOT NULL,
	`currency` text NOT NULL,
	`scale` integer NOT NULL,
	`functional` integer NOT NULL,
	`fiscal_year_start` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`metadata` text NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`),
	FOREIGN KEY (`site_id`,`entity_id`) REFERENCES `entities`(`site_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledgers_number` ON `ledgers` (`site_id`,`number`);--> statement-breakpoint
CREATE UNIQUE INDEX `ledgers_entity_currency` ON `ledgers` (`site_id`,`entity_id`,`currency`);--> statement-breakpoint
CREATE INDEX `ledgers_created` ON `ledgers` (`site_id`,`created_at`,`id`);--> statement-breakpoint
CREATE TABLE `terms` (
	`site_id` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`description` text,
	`metadata` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `kind`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `terms_key` ON `terms` (`site_id`,`kind`,`key`);--> statement-breakpoint
CREATE INDEX `terms_created` ON `terms` (`site_id`,`kind`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `terms_name` ON `terms` (`site_id`,`kind`,`name`,`id`);--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`site_id` text NOT NULL,
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `scope`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);