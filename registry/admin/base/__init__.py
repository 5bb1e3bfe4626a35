"""Base classes and mixins of the admin: scope, history, reasons, spreadsheets."""
