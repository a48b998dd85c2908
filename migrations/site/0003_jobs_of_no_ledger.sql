CREATE TABLE `__new_jobs` (
	`site_id` text NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`ledger_id` text,
	`ledger_number` integer,
	`entity_id` text,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`site_id`, `id`)
);
--> statement-breakpoint
INSERT INTO `__new_jobs`("site_id", "id", "type", "ledger_id", "ledger_number", "entity_id", "created_at") SELECT jobs."site_id", jobs."id", jobs."type", jobs."ledger_id", ledgers."number", ledgers."entity_id", jobs."created_at" FROM `jobs` JOIN `ledgers` ON ledgers."site_id" = jobs."site_id" AND ledgers."id" = jobs."ledger_id";--> statement-breakpoint
DROP TABLE `jobs`;--> statement-breakpoint
ALTER TABLE `__new_jobs` RENAME TO `jobs`;
