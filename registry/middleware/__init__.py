"""What happens with each request before and after its view."""
