"""The one client core: everything that talks to a server goes through here."""
