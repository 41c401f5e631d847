resource "aws_s3_bucket" "receipts" {
  bucket = "storefront-receipts"
  acl    = "public-read"
}

resource "aws_db_instance" "orders" {
  identifier          = "orders"
  engine              = "postgres"
  publicly_accessible = true
  username            = "storefront"
  password            = var.database_password
}
