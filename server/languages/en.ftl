# The texts of the managed login pages in English, in the form of Project Fluent.
#
# To add a language: copy this file to the tag of the language, translate the values, and add a line to LANGUAGES in
# server/src/language/mod.rs. A text that a language lacks, or that no page uses, is a red test.

## Every page

error-prefix = Error: { $title }
language-switch = Language
label-optional = { $label } (optional)
other-way-link = Sign in another way
back-to-sign-in = Back to sign-in
continue = Continue

## Signing in

sign-in-title = Sign in
sign-in-submit = Sign in
username-label = Username
username-or-email-label = Username or email
username-or-phone-label = Username or phone number
username-or-contact-label = Username, email or phone number
email-label = Email
phone-label = Phone number
email-or-phone-label = Email or phone number
password-label = Password
no-pool-users = This app signs users in through other identity providers only, which are not served yet.
no-branding = Login pages unavailable. Please contact an administrator.

## A new password in place of a temporary one

new-password-title = Choose a new password
new-password-intro = The password that you signed in with was temporary. Choose one of your own.
new-password-label = New password
repeat-password-label = Repeat the password
new-password-submit = Save and sign in
passwords-differ = The two passwords are not the same.
password-hint =
    { $length ->
        [one] At least one character.
       *[other] At least { $length } characters.
    }
password-hint-rules =
    { $length ->
        [one] At least one character, with { $rules }.
       *[other] At least { $length } characters, with { $rules }.
    }
password-rule-lower = a lowercase letter
password-rule-upper = an uppercase letter
password-rule-number = a number
password-rule-symbol = a symbol
list-and = { $list } and { $last }

## Attributes

attribute-address = Address
attribute-birthdate = Date of birth
attribute-email = Email
attribute-family_name = Last name
attribute-gender = Gender
attribute-given_name = First name
attribute-locale = Language
attribute-middle_name = Middle name
attribute-name = Name
attribute-nickname = Nickname
attribute-phone_number = Phone number
attribute-picture = Picture (URL)
attribute-preferred_username = Preferred username
attribute-profile = Profile (URL)
attribute-updated_at = Updated at
attribute-website = Website
attribute-zoneinfo = Time zone
phone-hint = With the country code, such as +14325551212.
birthdate-hint = Year, month and day, such as 1992-02-29.

## Signing up

sign-up-title = Create an account
sign-up-submit = Create account
sign-up-link = Create an account
have-account-link = I have an account already
terms-link = Terms of use
privacy-link = Privacy policy
confirm-title = Confirm your account
confirm-submit = Confirm account
code-label = Code
code-was-sent = We sent a code to { $to }.
code-was-sent-somewhere = Enter the code that we sent you.
resend-submit = Send another code
notice-code-sent = Another code is on its way.
notice-confirmed = Your account is confirmed. Sign in to go on.
notice-must-be-confirmed = Your account was created. An administrator must confirm it before you can sign in.
link-confirmed-title = Your registration has been confirmed!
link-confirmed-text = You may close this window and sign in.
link-refused-title = Your registration could not be confirmed.
link-damaged = The link is not whole; copy it from the mail once more.
link-unopened-title = Confirm your registration
link-unopened-text = Open this link in a browser.

## A forgotten password

forgot-password-link = Forgot your password?
forgot-password-title = Forgot your password?
forgot-password-intro = Tell us who you are, and we send you a code to set a new one.
forgot-password-submit = Send the code
reset-title = Set a new password
reset-submit = Save new password
reset-again-link = I did not get a code
notice-password-changed = Your password is changed. Sign in with the new one.

## Factors

password-title = Enter your password
code-title = Enter the code
code-submit = Sign in
authenticator-code-intro = Open your authenticator app and enter the code that it shows for this account.
choose-first-title = How would you like to sign in?
choose-first-intro = Choose one of these ways.
choose-second-title = Confirm that it is you
choose-second-intro = Choose one of these ways.
choose-password = With my password
choose-email = With a code by email
choose-sms = With a code by text message
choose-passkey = With a passkey
choose-authenticator = With my authenticator app
choose-one = Choose one of these ways.
set-up-title = Protect your account
set-up-intro = This app wants a second factor. How would you like to confirm that it is you from now on?
set-up-phone-only = This app wants a second factor, which only an administrator can set up for you.
set-up-email-title = Get codes by email
set-up-email-intro = Which address should the codes go to?
send-code-submit = Send a code
another-address-submit = Use another address
authenticator-title = Set up your authenticator app
authenticator-intro = Scan this image with your authenticator app, and enter the code that it shows.
authenticator-image = QR code for the authenticator app
authenticator-link = Open the authenticator app of this device
authenticator-secret = Or type this key into the app:
authenticator-submit = Finish
passkey-title = Use your passkey
passkey-intro = Your device asks for your fingerprint, your face or its PIN.
passkey-submit = Continue
passkey-problem = No passkey was used. Try again, or choose another way to sign in.
passkey-without-script = Passkeys need JavaScript, which is off in this browser.

## A user whom the browser remembers

signed-in-as = You are signed in as { $name }.
go-on-link = Continue as { $name }
sign-in-as-another-submit = Sign in as another user
sign-out-link = Sign out
add-passkey-title = Add a passkey
add-passkey-intro = With a passkey you sign in by fingerprint, face or PIN in place of a password.
add-passkey-problem = No passkey was added. Try again, or go on without one.
notice-passkey-added = Your passkey was added. From now on you can sign in with it.
not-now-link = Not now

## When something is wrong

notice-expired = This sign-in took too long, or was finished elsewhere. Please start again.
notice-passkey-sign-in = Sign in first. After that, open the page for a passkey again.
notice-outdated = That page was out of date. Please go on here.
notice-not-confirmed = Your account is not confirmed yet.
notice-reset-required = Your password must be replaced by a new one.
malformed-username = This cannot be right: it is empty or too long, or has a space in it.
malformed-password = This password cannot be used: it is too short or too long, or begins or ends with a space.
malformed-code = This is not a whole code. Type all of its digits.
too-many-codes = Too many attempts. Wait a while before you try again.
malformed-value = Check what you have typed: it is empty or too long.
forged-title = That form could not be accepted
forged-text = The page was out of date, perhaps because you have signed in in another tab, or your browser keeps no cookies for this site.
to-sign-in-link = Go to the sign-in
too-large-title = That form is too long
too-large-text = It has more text than this page takes. Go back, and shorten what you have typed.
unread-title = That form did not arrive
unread-text = The connection was too slow. Try again.
throttled-title = One moment, please
throttled-text = There are too many requests right now. Try again in a moment.
try-again-link = Try again
fault-title = Something went wrong
fault-text = The problem is on our side. Try again in a moment.
error-title = An error was encountered with the requested page.
error-text = The request cannot be answered.
error-advice = Go back to the app and try again. If that does not help, tell its developers: the request of the app does not fit its app client, such as the callback URL.
not-served-title = This step is not available here
not-served-text = The sign-in goes on with the challenge { $challenge }, which these pages do not serve yet. The operations InitiateAuth and RespondToAuthChallenge do.

## What the API says. The English texts are its own, letter for letter; a page in another language shows the translation.

api-wrong-password = Incorrect username or password.
api-attempts-exceeded = Password attempts exceeded
api-not-confirmed = User is not confirmed.
api-disabled = User is disabled.
api-reset-required = Password reset required for the user
api-temporary-password-expired = Temporary password has expired and must be reset by an administrator.
api-too-many-requests = Too many requests
api-internal-error = Internal server error
api-password-length = Password does not conform to policy: Password not long enough
api-password-upper = Password does not conform to policy: Password must have uppercase characters
api-password-lower = Password does not conform to policy: Password must have lowercase characters
api-password-number = Password does not conform to policy: Password must have numeric characters
api-password-symbol = Password does not conform to policy: Password must have symbol characters
api-password-used = Password did not conform with policy: Password has been used before
api-code-mismatch = Invalid verification code provided, please try again.
api-sign-in-code-mismatch = Invalid code or auth state for the user.
api-totp-mismatch = Invalid code received for user
api-totp-setup-mismatch = Code mismatch and fail enable Software Token MFA
api-code-expired = Invalid code provided, please request a code again.
api-totp-used = Your software token has already been used once.
api-limit-exceeded = Attempt limit exceeded, please try after some time.
api-too-many-failed = Too many failed attempts, please try after some time.
api-user-exists = User already exists
api-email-exists = An account with the given email already exists.
api-phone-exists = An account with the given phone_number already exists.
api-sign-up-off = SignUp is not permitted for this user pool
api-already-confirmed = User is already confirmed.
api-cannot-be-confirmed = User cannot be confirmed. Current status is CONFIRMED
api-email-malformed = Invalid email address format.
api-phone-malformed = Invalid phone number format.
api-username-email = Username should be an email.
api-username-phone = Username should be a phone number.
api-username-contact = Username should be either an email or a phone number.
api-no-contact = Cannot reset password for the user as there is no registered/verified email or phone_number
api-reset-state = User password cannot be reset in the current state.
api-user-unknown = Username/client id combination not found.
api-email-undelivered = Invalid email provided/Unable to send the email
api-new-password-length = Password did not conform with policy: Password not long enough
api-new-password-upper = Password did not conform with policy: Password must have uppercase characters
api-new-password-lower = Password did not conform with policy: Password must have lowercase characters
api-new-password-number = Password did not conform with policy: Password must have numeric characters
api-new-password-symbol = Password did not conform with policy: Password must have symbol characters
api-entry-found = Already found an entry for the provided username.
api-username-no-email = Username cannot be of email format, since user pool is configured for email alias.
api-username-no-phone = Username cannot be of phone number format, since user pool is configured for phone number alias.
api-no-resend = Cannot resend codes. Auto verification not turned on.
api-recovery-off = Account recovery is left to administrators in this user pool.
api-contact-needed = An email or a phone_number is required for a user without a password.
api-no-contact-to-resend = Cannot resend codes. The user has no contact that is auto verified.
api-phone-undelivered = Invalid phone number provided/Unable to send the message.
api-preferred-no-email = Preferred username cannot be of email format, since user pool is configured for email alias.
api-preferred-no-phone = Preferred username cannot be of phone number format, since user pool is configured for phone number alias.
api-preferred-unconfirmed = Preferred username cannot be provided for unconfirmed account, since user pool is configured for preferred username alias.
api-user-missing = User does not exist.
api-passkey-over = The challenge was not found or has expired, please start the registration again.
api-passkey-known = The credential is already registered for this user.
api-passkey-unsupported = The credential is not supported.
api-passkey-limit = The maximum number of credentials for this user is reached.
api-passkey-invalid = Invalid credential.
