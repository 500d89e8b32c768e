"""The Marram Gazette: a small bundled site in three dated states, for the first crawl anybody makes."""
