ALTER TABLE `jobs` ADD `owner_kind` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `owner_id` text;--> statement-breakpoint
ALTER TABLE `jobs` ADD `status` text DEFAULT 'running' NOT NULL;--> statement-breakpoint
CREATE INDEX `jobs_created` ON `jobs` (`site_id`,`created_at`,`id`);--> statement-breakpoint
CREATE INDEX `jobs_status` ON `jobs` (`site_id`,`status`,`created_at`,`id`);