# A pool with both kinds of domains, a resource server, and app clients with its scopes.

resource "aws_cognito_user_pool" "pool" {
  name = "oauth"
}

resource "aws_cognito_user_pool_domain" "prefix" {
  domain                = "terraform-stack"
  user_pool_id          = aws_cognito_user_pool.pool.id
  managed_login_version = var.changed ? 2 : 1
}

resource "aws_cognito_user_pool_domain" "custom" {
  domain          = "auth.terraform.example.com"
  user_pool_id    = aws_cognito_user_pool.pool.id
  certificate_arn = "arn:aws:acm:us-east-1:000000000000:certificate/${var.changed ? "two" : "one"}"
}

resource "aws_cognito_resource_server" "photos" {
  user_pool_id = aws_cognito_user_pool.pool.id
  identifier   = "https://photos.example.com"
  # The provider replaces the server for another name.
  name         = "Photos"

  scope {
    scope_name        = "read"
    scope_description = "Read photos"
  }

  dynamic "scope" {
    for_each = var.changed ? ["write"] : []
    content {
      scope_name        = scope.value
      scope_description = "Write photos"
    }
  }
}

resource "aws_cognito_user_pool_client" "web" {
  name                                 = "web"
  user_pool_id                         = aws_cognito_user_pool.pool.id
  callback_urls                        = ["http://localhost:3000/callback"]
  logout_urls                          = ["http://localhost:3000/"]
  supported_identity_providers         = ["COGNITO"]
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["email", "openid", "${aws_cognito_resource_server.photos.identifier}/read"]
}

resource "aws_cognito_user_pool_client" "machine" {
  name                                 = "machine"
  user_pool_id                         = aws_cognito_user_pool.pool.id
  generate_secret                      = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = ["${aws_cognito_resource_server.photos.identifier}/read"]
}
