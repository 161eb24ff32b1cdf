"""What is known of the systems that university sites run on, as data: one file a family."""
