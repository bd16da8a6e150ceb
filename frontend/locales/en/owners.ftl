owners = Owners
owners-proposed = Proposed
metastore-owner = Owner in the metastore
owner-role = Role
role-data-owner = Data owner
role-data-steward = Data steward
role-technical-owner = Technical owner
since = since
owner-on-leave = On leave
owner-suspected = Suspected to have left
owner-departed = Owner left
owner-assigned-by = assigned by { $by }
owner-claimed = claimed
owner-by-metastore = named by the metastore, confirmed by { $by }
owner-inferred = concluded, confirmed by { $by }
owner-inherited = from the database
owner-take = Remove
owner-take-label = Remove { $name } as { $role }
owner-claim = It is mine
owner-assign = Assign an owner
owner-holder = Person or team
owner-holder-hint = A login, a mail address, or team/NAME.
owner-holder-hint-override = A login, a mail address, or team/NAME. In that role it replaces whoever comes from the database.
evidence-metastore = The metastore names { $owner } as the owner.
evidence-account = { $account }, a service account of this team, made it.
evidence-predecessor = Answered for the table that this one was made in the place of.
watch = Watch
watch-end = Watched
error-owner = Nobody can answer for it so
error-has-owner = It has an owner
reason-nobody = No person, service account or team is called { $name }.
reason-several = Several people are called { $name }.
reason-has-left = { $name } has left.
reason-has-owner = Somebody answers for { $name } already.
reason-not-a-person = Only a person can claim something.
advice-nobody = Give a login, a mail address, or team/NAME.
advice-several = Give the login of the one you mean.
advice-has-left = Name somebody who is here.
advice-has-owner = Ask the owner to hand it over.
advice-not-a-person = Sign in, and claim it in the portal.
mistake-nobody = Nobody is called so. Enter a login, a mail address, or team/NAME.
mistake-several = Several people are called so. Enter the login.
mistake-has-left = This person has left. Enter somebody who is here.
facet-owner-state = Owner’s state
owner-active = Active
mistake-nothing-chosen = Choose what to hand over in the list above.
reason-no-case = There is no succession { $name }.
successions = Succession
successions-purpose = What people who left answered for, until somebody else does.
successions-none = Nobody left anything behind
successions-none-advice = When somebody leaves, all that was theirs appears here with who might take it over.
succession-of = Succession of { $name }
succession-purpose = All that this person answered for. Until it is settled, nothing of it is deleted.
succession-who = Who left
succession-decided-head = Handed over
succession-opened-head = Left
succession-decided = { $decided } of { $items } handed over
succession-days-left = { $days ->
     [0] ends today
     [one] 1 day left
    *[other] { $days } days left
}
succession-overdue = { $days ->
     [0] due today
     [one] 1 day overdue
    *[other] { $days } days overdue
}
succession-settled = Settled
succession-returned = Came back
succession-returned-means = What nobody took is theirs as before.
succession-until = The hand-over should end on
succession-held = What is open is on hold: nothing of it may be deleted before somebody answers for it.
succession-left = Left
succession-items = Answered for
succession-open = Open
succession-opened = Left; the case was opened
succession-reported = reported to
succession-hand-over = Hand over
succession-ended = What cannot be handed over
succession-count = { $count } items
before-copies-size = { $size } before copies
left-ended = last day { $day }, says { $source }
left-by-sources = as the sources of people say
left-disabled = disabled by an administrator
item = Item
item-heir = New owner
item-choose = Choose { $name }
item-open = Open
item-handed-over = Handed over
item-ended = Ended
item-token = Token
item-watch = Watch
heirs = Heirs, ranked
heirs-how = By manager, team, shared ownership and edits. Nothing is assigned by itself.
heir-manager = their manager
heir-team = their team
heir-leads = leads their team
heir-same-team = same team
heir-owns = { $assets ->
     [one] also answers for 1 of them or its database
    *[other] also answers for { $assets } of them or their databases
}
heir-edited = { $times ->
     [one] edited them once
    *[other] edited them { $times } times
}
heir-choose = New owner
heir-other = Somebody else
hand-over-chosen = Hand over what is chosen
hand-over-all = Hand over all that is open
home-waiting = Waiting for you
home-waiting-none = Nothing waits for you.
home-proposed = you may be its { $role }
home-removals = Held back by crawls: is it gone?
home-care = My data needs care
home-mine = Mine
home-undescribed = Mine, without a description
home-deprecated = Mine, deprecated
home-nobodys = Without an owner
home-owner-left = Whose owner left
home-watched = Watched
home-watched-changes = What changed in it
home-watched-quiet = Nothing changed in what you watch.
watch-stop = Watch { $name } no longer
watch-search = Watch this search
