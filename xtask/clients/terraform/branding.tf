# The looks of classic pages: of one app client, with a logo, and of all the others.

resource "aws_cognito_user_pool" "pool" {
  name = "branding"
}

resource "aws_cognito_user_pool_domain" "domain" {
  domain       = "terraform-branding"
  user_pool_id = aws_cognito_user_pool.pool.id
}

resource "aws_cognito_user_pool_client" "web" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.pool.id
}

resource "aws_cognito_user_pool_ui_customization" "all" {
  css = ".label-customizable {font-weight: ${var.changed ? 700 : 400};}"

  # Only a pool with a domain has classic pages.
  user_pool_id = aws_cognito_user_pool_domain.domain.user_pool_id
}

resource "aws_cognito_user_pool_ui_customization" "web" {
  client_id = aws_cognito_user_pool_client.web.id
  css       = ".banner-customizable {background-color: #abc;}"
  # A PNG of one pixel; the other one is transparent.
  image_file = var.changed ? (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    ) : (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
  )

  user_pool_id = aws_cognito_user_pool_domain.domain.user_pool_id
}
