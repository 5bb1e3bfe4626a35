"""What people fill in: visitors, owners, staff, partners."""
