notice-request-waits = For your decision: { $title }
notice-request-waits-detail = { $asker } asks for it.
notice-due = by { $due }
notice-decided-approved = Approved: { $title }
notice-decided-declined = Declined: { $title }
notice-decided-withdrawn = Withdrawn: { $title }
notice-decided-expired = Expired: { $title }
notice-decided-by = Decided by { $by }.
notice-decided-by-rule = It ended without anybody's decision.
notice-comment = Comment: { $comment }
notice-offered = Counter-offer: { $title }
notice-offered-detail = { $by } offers { $days ->
     [one] { $days } day
    *[other] { $days } days
}.
notice-expires = Ends soon: { $title }
notice-expires-detail = It is kept until { $day } and may be deleted from the day after. { $days ->
     [one] { $days } day is
    *[other] { $days } days are
} left.
notice-expires-size = Its size is { $size }.
notice-escalated = Still undecided: { $title }
notice-escalated-detail = What { $asker } asked for has waited for { $days ->
     [one] { $days } day
    *[other] { $days } days
} and was passed on to you.
notice-succession = Succession of { $person }: { $items ->
     [one] { $items } asset
    *[other] { $items } assets
}
notice-succession-detail = The owner has left. Please find a new one. Until there is one, nothing of it is deleted.
notice-proposed = Owner proposed for { $name }
notice-proposed-detail = You might be its { $role }. Accept it if so, or decline it.
notice-changed = { $name } changed
notice-changed-detail = { $changes ->
     [one] { $changes } change
    *[other] { $changes } changes
} since the last digest.
notice-open = Open in Reeve
notice-for = News for { $name }.
notice-number = Mail number { $number }. Should it arrive twice, it counts once.
notice-channel-number = Notice { $number }
notice-settings = Notice settings
digest-subject-decide = { $count } to decide
digest-subject-expires = { $count } ending soon
digest-subject-news = { $count ->
     [one] { $count } piece of news
    *[other] { $count } pieces of news
}
digest-decide = To decide: { $count }
digest-expires = Ending soon: { $count }
digest-yours = Your requests: { $count }
digest-fyi = Watched assets: { $count }
digest-more = { $count } more in Reeve.
digest-when-daily = Sent once on each working day, and not at all when there is nothing to say.
digest-when-weekly = Sent once a week, and not at all when there is nothing to say.
digest-end = Stop these digests
answer-note-head = If you press a button
answer-note-page = Nothing is done at once. A page opens, and only Confirm on that page counts.
answer-note-once = Only { $name } can use it, once, until { $until }.
answer-note-void = If somebody else decides first, it is void.
answer-approve = Approve
answer-offer = Offer { $days ->
     [one] { $days } day
    *[other] { $days } days
}
answer-accept = Accept the offer
answer-keep = Keep it
answer-not-mine = Not mine
answer-replaced = There is a replacement
answer-drop-now = Delete it now
digest-end-title = Digests
digest-end-question = Stop the digests?
digest-end-advice = Mails that need your own answer, such as requests to decide, still arrive.
digest-end-confirm = Stop them
digest-end-not = Keep them
digest-ended = No more digests are sent to you
digest-ended-advice = Mails that need your own answer, such as requests to decide, still arrive.
digest-end-unknown = This link does not work
digest-end-unknown-advice = Check that the whole address from the mail was copied.
