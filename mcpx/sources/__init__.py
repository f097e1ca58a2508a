"""Where servers come from: host configurations, the registry, domains, what the user types."""
