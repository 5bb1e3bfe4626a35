"""Published content for machines: JSON, tables, GeoJSON, schema.org, HSDS."""
