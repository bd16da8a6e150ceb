error-sign-in-needed = Sign in first
error-stale-form = The form is too old
error-slow-down = Too many attempts
reason-sign-in-needed = Nobody is signed in, or the session has ended.
reason-bad-token = This token is not known, or it has expired or been revoked.
reason-forbidden = You may not do this.
reason-stale-form = The form was made for another session.
reason-slow-down = There were too many attempts. Your account is not locked.
reason-busy = Too many sign-ins are being checked at once.
advice-sign-in-needed = Sign in at /sign-in, or send an API token: Authorization: Bearer.
advice-bad-token = Create a token on the page of your account.
advice-forbidden = Ask the owner, or an administrator for the role.
advice-stale-form = Open the page again and repeat it.
advice-slow-down = { $seconds ->
    [one] Try again in 1 second.
   *[other] Try again in { $seconds } seconds.
}
advice-busy = Try again in a moment.
sign-in = Sign in
sign-out = Sign out
sign-in-login = User name
sign-in-password = Password
sign-in-new-password = New password, 12 characters or more
sign-in-again = Once more
sign-in-set-password = Set the password
sign-in-password-of = You set the password of { $login }. The link is good once.
sign-in-refused = Not signed in
sign-in-wrong = Name or password is wrong. Your account is not locked.
sign-in-too-short = The password is too short: 12 characters or more.
sign-in-not-the-same = The two passwords are not the same.
