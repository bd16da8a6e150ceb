term-keep = kept until someone says otherwise
term-days = { $count ->
    [1] 1 day
   *[other] { $count } days
}
term-months = { $count ->
    [1] 1 month
   *[other] { $count } months
}
term-years = { $count ->
    [1] 1 year
   *[other] { $count } years
}
because-hold = Kept: legal hold { $id } is in force.
because-hold-until = Kept: legal hold { $id } is in force until { $day }.
because-pending = Kept while request R-{ $id } is decided, at the latest until { $day }.
because-unknown = Kept: nobody can tell which day its data belongs to.
because-unknown-time = Kept: nobody knows when it was written.
because-unknown-rule = Kept: a policy that it falls under cannot be read.
because-policy = { $term }, by the policy { $name }.
because-default = { $term }, the default of what was requested.
because-no-rule = Kept until someone says otherwise: no policy holds for it.
because-exemption = Kept: it is exempted.
because-exemption-until = Kept: it is exempted until { $day }.
because-agreement = { $term }, agreed in R-{ $id } until { $day }.
because-personal-cap = { $term }: it holds personal data, which is kept no longer without the privacy officer.
because-leave = { $term }: the privacy officer agreed to it in R-{ $id }.
because-cap = { $term } at the most, by { $name }.
because-floor = { $term } at the least, by { $name }.
because-not-before = Nothing goes before { $day }.
because-then = After that: { $what }
reason-no-request = There is no request { $name }.
reason-no-policy = There is no policy { $name }.
reason-no-hold = There is no legal hold { $name }.
extend-title = Extend retention
extend-purpose = Tables keep what their policy says unless someone needs more. Ask here: what it costs and who decides stands beside the form.
extend-refused = This cannot be asked for so
extend-what = What to keep
extend-days = Days in total
extend-days-hint = Whole days after the day that data belongs to.
extend-until = Ends on
extend-until-hint = The last day, as in 2027-06-30. After it the policy holds again.
extend-fewest = Fewest days you would accept
extend-fewest-hint = An offer of so many days or more is accepted without asking you again.
extend-reason = Why
extend-reason-hint = What decision or product needs the extra days. Those who decide see this first.
extend-send = Send request
extend-look = Show what it costs
extend-ends = Every extension ends by itself. You are told 14, 7 and 1 days before.
extend-impact = Impact
extend-extra = Extra on disk
extend-cost = Extra a month
extend-held = Nothing is deleted until
extend-personal = Personal data
extend-who = Who decides
extend-by-rule = Nobody is asked: the rule { $rule } agrees to it.
extend-nobody = nobody can decide now: the operators are told
extend-until-when = until { $at }
won-a-month = ₩{ $won } a month at cloud list prices
extend-way = Requests
