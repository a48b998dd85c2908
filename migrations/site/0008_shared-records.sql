CREATE TABLE `shared_records` (
	`site_id` text NOT NULL,
	`entity_id` text NOT NULL,
	`revision` integer NOT NULL,
	`content` text NOT NULL,
	`held_revision` integer NOT NULL,
	`held` text NOT NULL,
	`wished_by` text NOT NULL,
	`withdrawn` text NOT NULL,
	PRIMARY KEY(`site_id`, `entity_id`),
	FOREIGN KEY (`site_id`,`entity_id`) REFERENCES `entities`(`site_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `shared_records_pending` ON `shared_records` (`site_id`,`entity_id`) WHERE held_revision <> revision;