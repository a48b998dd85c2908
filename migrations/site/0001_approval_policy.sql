ALTER TABLE `entities` ADD `approval_policy` text DEFAULT 'none' NOT NULL;
