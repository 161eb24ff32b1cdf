"""The archive handed on: as data (JSON Lines, CSV, Parquet), as captures to replay (WACZ), as feeds."""
