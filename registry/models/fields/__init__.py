"""Fields that clean what is typed in."""
