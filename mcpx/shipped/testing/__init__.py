"""What the fixtures of the pytest plugin are made of; imported when a test asks for one."""
