"""Pure functions: catalogues in, findings out."""
