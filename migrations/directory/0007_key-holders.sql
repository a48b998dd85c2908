ALTER TABLE `tokens` ADD `held_by` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `made_in_session` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `tokens` ADD `independent_set_by` text;--> statement-breakpoint
ALTER TABLE `tokens` ADD `independent_set_at` integer;--> statement-breakpoint
ALTER TABLE `tokens` ADD `independence_revision` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `tokens` ADD `successor_id` text;