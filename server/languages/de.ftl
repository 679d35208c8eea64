# Die Texte der Anmeldeseiten auf Deutsch. Das Muster ist en.ftl.

## Jede Seite

error-prefix = Fehler: { $title }
language-switch = Sprache
label-optional = { $label } (freiwillig)
other-way-link = Anders anmelden
back-to-sign-in = Zurück zur Anmeldung
continue = Weiter

## Anmelden

sign-in-title = Anmelden
sign-in-submit = Anmelden
username-label = Benutzername
username-or-email-label = Benutzername oder E-Mail-Adresse
username-or-phone-label = Benutzername oder Telefonnummer
username-or-contact-label = Benutzername, E-Mail-Adresse oder Telefonnummer
email-label = E-Mail-Adresse
phone-label = Telefonnummer
email-or-phone-label = E-Mail-Adresse oder Telefonnummer
password-label = Passwort
no-pool-users = Diese App meldet nur über andere Identitätsanbieter an. Das geht hier noch nicht.
no-branding = Die Anmeldeseiten sind nicht verfügbar. Bitte wende dich an einen Administrator.

## Ein neues Passwort anstelle eines vorläufigen

new-password-title = Neues Passwort wählen
new-password-intro = Das bisherige Passwort war vorläufig. Wähle jetzt ein eigenes.
new-password-label = Neues Passwort
repeat-password-label = Passwort wiederholen
new-password-submit = Speichern und anmelden
passwords-differ = Die beiden Passwörter sind nicht gleich.
password-hint =
    { $length ->
        [one] Mindestens ein Zeichen.
       *[other] Mindestens { $length } Zeichen.
    }
password-hint-rules =
    { $length ->
        [one] Mindestens ein Zeichen, darunter { $rules }.
       *[other] Mindestens { $length } Zeichen, darunter { $rules }.
    }
password-rule-lower = ein Kleinbuchstabe
password-rule-upper = ein Großbuchstabe
password-rule-number = eine Ziffer
password-rule-symbol = ein Sonderzeichen
list-and = { $list } und { $last }

## Attribute

attribute-address = Anschrift
attribute-birthdate = Geburtsdatum
attribute-email = E-Mail-Adresse
attribute-family_name = Nachname
attribute-gender = Geschlecht
attribute-given_name = Vorname
attribute-locale = Sprache
attribute-middle_name = Zweiter Vorname
attribute-name = Name
attribute-nickname = Spitzname
attribute-phone_number = Telefonnummer
attribute-picture = Bild (URL)
attribute-preferred_username = Bevorzugter Benutzername
attribute-profile = Profil (URL)
attribute-updated_at = Geändert am
attribute-website = Webseite
attribute-zoneinfo = Zeitzone
phone-hint = Mit Landesvorwahl, etwa +4915112345678.
birthdate-hint = Jahr, Monat und Tag, etwa 1992-02-29.

## Registrieren

sign-up-title = Konto anlegen
sign-up-submit = Konto anlegen
sign-up-link = Konto anlegen
have-account-link = Ich habe schon ein Konto
terms-link = Nutzungsbedingungen
privacy-link = Datenschutzerklärung
confirm-title = Konto bestätigen
confirm-submit = Konto bestätigen
code-label = Code
code-was-sent = Wir haben einen Code an { $to } geschickt.
code-was-sent-somewhere = Gib den Code ein, den wir dir geschickt haben.
resend-submit = Noch einen Code schicken
notice-code-sent = Ein neuer Code ist unterwegs.
notice-confirmed = Das Konto ist bestätigt. Melde dich jetzt an.
notice-must-be-confirmed = Das Konto ist angelegt. Ein Administrator muss es bestätigen, bevor du dich anmelden kannst.
link-confirmed-title = Deine Registrierung ist bestätigt!
link-confirmed-text = Du kannst dieses Fenster schließen und dich anmelden.
link-refused-title = Deine Registrierung konnte nicht bestätigt werden.
link-damaged = Der Link ist nicht vollständig. Kopiere ihn noch einmal aus der Mail.
link-unopened-title = Registrierung bestätigen
link-unopened-text = Öffne diesen Link in einem Browser.

## Passwort vergessen

forgot-password-link = Passwort vergessen?
forgot-password-title = Passwort vergessen?
forgot-password-intro = Sag uns, wer du bist. Wir schicken dir einen Code, mit dem du ein neues wählst.
forgot-password-submit = Code schicken
reset-title = Neues Passwort setzen
reset-submit = Neues Passwort speichern
reset-again-link = Ich habe keinen Code bekommen
notice-password-changed = Das Passwort ist geändert. Melde dich mit dem neuen an.

## Faktoren

password-title = Passwort eingeben
code-title = Code eingeben
code-submit = Anmelden
authenticator-code-intro = Öffne deine Authenticator-App und gib den Code ein, den sie für dieses Konto zeigt.
choose-first-title = Wie möchtest du dich anmelden?
choose-first-intro = Wähle einen dieser Wege.
choose-second-title = Bestätige, dass du es bist
choose-second-intro = Wähle einen dieser Wege.
choose-password = Mit meinem Passwort
choose-email = Mit einem Code per E-Mail
choose-sms = Mit einem Code per SMS
choose-passkey = Mit einem Passkey
choose-authenticator = Mit meiner Authenticator-App
choose-one = Wähle einen dieser Wege.
set-up-title = Schütze dein Konto
set-up-intro = Diese App verlangt einen zweiten Faktor. Wie möchtest du künftig bestätigen, dass du es bist?
set-up-phone-only = Diese App verlangt einen zweiten Faktor, den nur ein Administrator einrichten kann.
set-up-email-title = Codes per E-Mail
set-up-email-intro = An welche Adresse sollen die Codes gehen?
send-code-submit = Code schicken
another-address-submit = Andere Adresse verwenden
authenticator-title = Authenticator-App einrichten
authenticator-intro = Scanne dieses Bild mit deiner Authenticator-App und gib den Code ein, den sie zeigt.
authenticator-image = QR-Code für die Authenticator-App
authenticator-link = Authenticator-App auf diesem Gerät öffnen
authenticator-secret = Oder tippe diesen Schlüssel in die App:
authenticator-submit = Fertig
passkey-title = Mit Passkey anmelden
passkey-intro = Dein Gerät fragt nach Fingerabdruck, Gesicht oder PIN.
passkey-submit = Weiter
passkey-problem = Es wurde kein Passkey verwendet. Versuche es noch einmal oder wähle einen anderen Weg.
passkey-without-script = Passkeys brauchen JavaScript. Das ist in diesem Browser ausgeschaltet.

## Wer schon angemeldet ist

signed-in-as = Du bist als { $name } angemeldet.
go-on-link = Als { $name } weiter
sign-in-as-another-submit = Als jemand anderes anmelden
sign-out-link = Abmelden
add-passkey-title = Passkey hinzufügen
add-passkey-intro = Mit einem Passkey meldest du dich per Fingerabdruck, Gesicht oder PIN an statt mit einem Passwort.
add-passkey-problem = Es wurde kein Passkey hinzugefügt. Versuche es noch einmal oder mach ohne weiter.
notice-passkey-added = Der Passkey ist hinzugefügt. Ab jetzt kannst du dich damit anmelden.
not-now-link = Jetzt nicht

## Wenn etwas nicht stimmt

notice-expired = Diese Anmeldung hat zu lange gedauert oder wurde anderswo beendet. Bitte beginne von vorn.
notice-passkey-sign-in = Melde dich zuerst an. Öffne danach die Seite für den Passkey noch einmal.
notice-outdated = Die Seite war nicht mehr aktuell. Bitte hier weitermachen.
notice-not-confirmed = Das Konto ist noch nicht bestätigt.
notice-reset-required = Das Passwort muss durch ein neues ersetzt werden.
malformed-username = Das kann nicht stimmen: Es ist leer oder zu lang oder enthält ein Leerzeichen.
malformed-password = Dieses Passwort geht nicht: Es ist zu kurz oder zu lang, oder es beginnt oder endet mit einem Leerzeichen.
malformed-code = Das ist kein vollständiger Code. Gib alle seine Ziffern ein.
too-many-codes = Zu viele Versuche. Warte eine Weile, bevor du es noch einmal versuchst.
malformed-value = Prüfe die Eingabe: Sie ist leer oder zu lang.
forged-title = Das Formular konnte nicht angenommen werden
forged-text = Die Seite war nicht mehr aktuell, vielleicht weil du dich in einem anderen Tab angemeldet hast, oder der Browser speichert für diese Seite keine Cookies.
to-sign-in-link = Zur Anmeldung
too-large-title = Das Formular ist zu lang
too-large-text = Es hat mehr Text, als diese Seite annimmt. Geh zurück und kürze die Eingabe.
unread-title = Das Formular ist nicht angekommen
unread-text = Die Verbindung war zu langsam. Versuche es noch einmal.
throttled-title = Einen Moment bitte
throttled-text = Gerade gibt es zu viele Anfragen. Versuche es gleich noch einmal.
try-again-link = Noch einmal versuchen
fault-title = Etwas ist schiefgegangen
fault-text = Das Problem liegt bei uns. Versuche es gleich noch einmal.
error-title = Bei der angeforderten Seite ist ein Fehler aufgetreten.
error-text = Die Anfrage kann nicht beantwortet werden.
error-advice = Geh zurück zur App und versuche es noch einmal. Wenn das nicht hilft, sag es ihren Entwicklern: Die Anfrage der App passt nicht zu ihrem App-Client, etwa die Callback-URL.
not-served-title = Dieser Schritt geht hier nicht
not-served-text = Die Anmeldung geht mit der Challenge { $challenge } weiter, die diese Seiten noch nicht anbieten. Die Operationen InitiateAuth und RespondToAuthChallenge können es.

## Was die API sagt

api-wrong-password = Benutzername oder Passwort ist falsch.
api-attempts-exceeded = Zu viele Versuche mit falschem Passwort.
api-not-confirmed = Das Benutzerkonto ist noch nicht bestätigt.
api-disabled = Das Benutzerkonto ist gesperrt.
api-reset-required = Das Passwort muss zurückgesetzt werden.
api-temporary-password-expired = Das vorläufige Passwort ist abgelaufen. Nur ein Administrator kann es erneuern.
api-too-many-requests = Zu viele Anfragen.
api-internal-error = Interner Fehler.
api-password-length = Das Passwort ist zu kurz.
api-password-upper = Das Passwort braucht einen Großbuchstaben.
api-password-lower = Das Passwort braucht einen Kleinbuchstaben.
api-password-number = Das Passwort braucht eine Ziffer.
api-password-symbol = Das Passwort braucht ein Sonderzeichen.
api-password-used = Dieses Passwort wurde schon einmal verwendet.
api-code-mismatch = Der Code stimmt nicht. Versuche es noch einmal.
api-sign-in-code-mismatch = Der Code stimmt nicht.
api-totp-mismatch = Der Code stimmt nicht.
api-totp-setup-mismatch = Der Code passt nicht zu diesem Schlüssel.
api-code-expired = Der Code ist abgelaufen. Fordere einen neuen an.
api-totp-used = Dieser Code wurde schon einmal verwendet. Warte auf den nächsten.
api-limit-exceeded = Zu viele Versuche. Versuche es später noch einmal.
api-too-many-failed = Zu viele falsche Versuche. Versuche es später noch einmal.
api-user-exists = Diesen Benutzernamen gibt es schon.
api-email-exists = Mit dieser E-Mail-Adresse gibt es schon ein Konto.
api-phone-exists = Mit dieser Telefonnummer gibt es schon ein Konto.
api-sign-up-off = Hier kann man sich nicht selbst registrieren.
api-already-confirmed = Das Konto ist schon bestätigt.
api-cannot-be-confirmed = Das Konto ist schon bestätigt.
api-email-malformed = Das ist keine gültige E-Mail-Adresse.
api-phone-malformed = Das ist keine gültige Telefonnummer.
api-username-email = Der Benutzername muss eine E-Mail-Adresse sein.
api-username-phone = Der Benutzername muss eine Telefonnummer sein.
api-username-contact = Der Benutzername muss eine E-Mail-Adresse oder eine Telefonnummer sein.
api-no-contact = Das Passwort kann nicht zurückgesetzt werden, weil keine bestätigte E-Mail-Adresse oder Telefonnummer hinterlegt ist.
api-reset-state = Das Passwort kann gerade nicht zurückgesetzt werden.
api-user-unknown = Diesen Benutzer gibt es nicht.
api-email-undelivered = An diese E-Mail-Adresse lässt sich nichts schicken.
api-new-password-length = Das Passwort ist zu kurz.
api-new-password-upper = Das Passwort braucht einen Großbuchstaben.
api-new-password-lower = Das Passwort braucht einen Kleinbuchstaben.
api-new-password-number = Das Passwort braucht eine Ziffer.
api-new-password-symbol = Das Passwort braucht ein Sonderzeichen.
api-entry-found = Dieser Name ist schon vergeben.
api-username-no-email = Der Benutzername darf keine E-Mail-Adresse sein.
api-username-no-phone = Der Benutzername darf keine Telefonnummer sein.
api-no-resend = Es kann kein Code geschickt werden. Wende dich an einen Administrator.
api-recovery-off = Ein vergessenes Passwort kann nur ein Administrator ersetzen.
api-contact-needed = Ohne Passwort braucht das Konto eine E-Mail-Adresse oder eine Telefonnummer.
api-no-contact-to-resend = Es kann kein Code geschickt werden: Das Konto hat keine Adresse dafür.
api-phone-undelivered = An diese Telefonnummer kann nichts geschickt werden.
api-preferred-no-email = Der bevorzugte Benutzername darf keine E-Mail-Adresse sein.
api-preferred-no-phone = Der bevorzugte Benutzername darf keine Telefonnummer sein.
api-preferred-unconfirmed = Ein bevorzugter Benutzername kann erst nach der Bestätigung des Kontos gewählt werden.
api-user-missing = Diesen Benutzer gibt es nicht.
api-passkey-over = Das hat zu lange gedauert. Beginne noch einmal.
api-passkey-known = Dieser Passkey ist schon hinzugefügt.
api-passkey-unsupported = Dieser Passkey wird nicht unterstützt.
api-passkey-limit = Mehr Passkeys sind für dieses Konto nicht möglich.
api-passkey-invalid = Dieser Passkey ist ungültig.
