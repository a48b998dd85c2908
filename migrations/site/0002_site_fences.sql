CREATE TABLE `site_fences` (
	`site_id` text PRIMARY KEY NOT NULL,
	`epoch` integer NOT NULL,
	`state` text NOT NULL,
	CONSTRAINT "site_is_moving" CHECK("site_fences"."state" <> 'refused')
);
