CREATE TABLE `hold_group_adoptions` (
	`site_id` text NOT NULL,
	`name` text NOT NULL,
	`after_ledger` integer NOT NULL,
	`done` integer NOT NULL,
	PRIMARY KEY(`site_id`, `name`)
);
--> statement-breakpoint
CREATE TABLE `hold_group_legs` (
	`site_id` text NOT NULL,
	`group_id` text NOT NULL,
	`id` text NOT NULL,
	`ledger_number` integer NOT NULL,
	`state` text NOT NULL,
	`placed_by` text NOT NULL,
	`resolution` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `group_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `hold_group_legs_id` ON `hold_group_legs` (`site_id`,`id`);--> statement-breakpoint
CREATE INDEX `hold_group_legs_placing` ON `hold_group_legs` (`created_at`) WHERE "hold_group_legs"."state" = 'placing';--> statement-breakpoint
CREATE TABLE `hold_groups` (
	`site_id` text NOT NULL,
	`group_id` text NOT NULL,
	`decision` text,
	`decided_by` text,
	`request_id` text,
	`decided_at` integer,
	`reason` text,
	`carried_out` integer NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`driven_at` integer,
	PRIMARY KEY(`site_id`, `group_id`)
);
--> statement-breakpoint
CREATE INDEX `hold_groups_driven` ON `hold_groups` (`driven_at`);