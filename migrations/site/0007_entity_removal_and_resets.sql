CREATE TABLE `site_resets` (
	`site_id` text NOT NULL,
	`no` integer NOT NULL,
	`up_to` integer,
	`retired_to` integer NOT NULL,
	`finished_at` integer,
	PRIMARY KEY(`site_id`, `no`)
);
--> statement-breakpoint
CREATE INDEX `site_resets_unfinished` ON `site_resets` (`site_id`) WHERE "site_resets"."finished_at" IS NULL;--> statement-breakpoint
ALTER TABLE `entities` ADD `removal` text;--> statement-breakpoint
ALTER TABLE `entities` ADD `removal_no` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `entities_removal` ON `entities` (`removal`) WHERE "entities"."removal" IS NOT NULL;