"""The same for programs: JSON and OpenAPI."""
