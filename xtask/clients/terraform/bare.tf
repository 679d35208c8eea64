# Names alone, and everything that can be read back of them.

resource "aws_cognito_user_pool" "pool" {
  name = "bare"
}

resource "aws_cognito_user_pool_client" "client" {
  name         = var.changed ? "app-renamed" : "app"
  user_pool_id = aws_cognito_user_pool.pool.id
}

resource "aws_cognito_user_group" "group" {
  name         = "admins"
  user_pool_id = aws_cognito_user_pool.pool.id
  description  = var.changed ? "changed" : null
  precedence   = var.changed ? 2 : 1
}

resource "aws_cognito_user" "user" {
  user_pool_id = aws_cognito_user_pool.pool.id
  username     = "ann"
}

resource "aws_cognito_user_in_group" "member" {
  user_pool_id = aws_cognito_user_pool.pool.id
  group_name   = aws_cognito_user_group.group.name
  username     = aws_cognito_user.user.username
}

data "aws_cognito_user_pool" "pool" {
  user_pool_id = aws_cognito_user_pool.pool.id
}

data "aws_cognito_user_pools" "pools" {
  name       = "bare"
  depends_on = [aws_cognito_user_pool.pool]
}

data "aws_cognito_user_pool_client" "client" {
  user_pool_id = aws_cognito_user_pool.pool.id
  client_id    = aws_cognito_user_pool_client.client.id
}

data "aws_cognito_user_pool_clients" "clients" {
  user_pool_id = aws_cognito_user_pool.pool.id
  depends_on   = [aws_cognito_user_pool_client.client]
}

data "aws_cognito_user_group" "group" {
  user_pool_id = aws_cognito_user_pool.pool.id
  name         = aws_cognito_user_group.group.name
}

data "aws_cognito_user_groups" "groups" {
  user_pool_id = aws_cognito_user_pool.pool.id
  depends_on   = [aws_cognito_user_group.group]
}
