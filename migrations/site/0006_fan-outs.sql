CREATE TABLE `fan_outs` (
	`site_id` text NOT NULL,
	`scope` text NOT NULL,
	`key` text NOT NULL,
	`id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`plan` text NOT NULL,
	`step` text NOT NULL,
	`driven_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `scope`, `key`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `fan_outs_id` ON `fan_outs` (`site_id`,`id`);--> statement-breakpoint
CREATE INDEX `fan_outs_created` ON `fan_outs` (`created_at`);--> statement-breakpoint
CREATE INDEX `fan_outs_driven` ON `fan_outs` (`driven_at`);