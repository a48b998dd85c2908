CREATE TABLE `site_moves` (
	`id` text PRIMARY KEY NOT NULL,
	`site_id` text NOT NULL,
	`source` text NOT NULL,
	`target` text NOT NULL,
	`epoch` integer NOT NULL,
	`step` text NOT NULL,
	`progress` text NOT NULL,
	`tables` text NOT NULL,
	`abort_reason` text,
	`wait_until` integer NOT NULL,
	`revision` integer NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
);
--> statement-breakpoint
CREATE INDEX `site_moves_site` ON `site_moves` (`site_id`,`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `site_moves_running` ON `site_moves` (`site_id`) WHERE finished_at IS NULL;--> statement-breakpoint
CREATE TABLE `site_databases` (
	`name` text PRIMARY KEY NOT NULL,
	`takes_new_sites` integer NOT NULL,
	`jurisdiction` text
);
