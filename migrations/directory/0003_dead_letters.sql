CREATE TABLE `dead_letters` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`queue` text NOT NULL,
	`kind` text NOT NULL,
	`digest` text NOT NULL,
	`message` text,
	`error` text,
	`request_id` text NOT NULL,
	`status` text NOT NULL,
	`retries` integer NOT NULL,
	`created_at` integer NOT NULL,
	`died_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `dead_letters_digest` ON `dead_letters` (`site_id`,`queue`,`digest`);--> statement-breakpoint
CREATE INDEX `dead_letters_created` ON `dead_letters` (`created_at`,`id`);