# Users in all their forms, of a pool with aliases and custom attributes.

resource "aws_cognito_user_pool" "pool" {
  name                     = "users"
  alias_attributes         = ["email", "preferred_username"]
  auto_verified_attributes = ["email"]

  email_verification_message = "Code: {####}"
  email_verification_subject = var.changed ? "Another" : "Code"
  sms_verification_message   = "Code: {####}"

  schema {
    name                = "size"
    attribute_data_type = "Number"
    mutable             = true
    number_attribute_constraints {
      min_value = 1
      max_value = 9
    }
  }

  schema {
    name                = "note"
    attribute_data_type = "String"
    mutable             = true
    string_attribute_constraints {}
  }
}

resource "aws_cognito_user_group" "group" {
  name         = "admins"
  user_pool_id = aws_cognito_user_pool.pool.id
  role_arn     = "arn:aws:iam::000000000000:role/admins"
  description  = "administrators"
  precedence   = 0
}

resource "aws_cognito_user" "temporary" {
  user_pool_id             = aws_cognito_user_pool.pool.id
  username                 = "ann"
  temporary_password       = "Temporary-1"
  desired_delivery_mediums = ["EMAIL"]
  force_alias_creation     = false
  message_action           = "SUPPRESS"
  enabled                  = !var.changed
  client_metadata          = { source = "terraform" }
  validation_data          = { source = "terraform" }

  attributes = {
    email          = "ann@example.com"
    email_verified = "true"
    size           = var.changed ? "7" : "5"
    note           = "custom attributes go without their prefix"
  }
}

resource "aws_cognito_user" "permanent" {
  user_pool_id = aws_cognito_user_pool.pool.id
  username     = "bob"
  password     = "Permanent-1"

  attributes = {
    email              = "bob@example.com"
    preferred_username = var.changed ? "bobby" : "robert"
  }
}
