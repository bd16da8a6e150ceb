menu = Menu
main-menu = Main
skip-to-content = Skip to content
jump-to = Jump to
language = Language
switch-theme = Switch theme
help = Help and shortcuts
close = Close
breadcrumb = Breadcrumb
home = Home
search = Search
databases = Databases
sources = Sources
platform = Platform
api = API
style-guide = Style guide
metadata-as-of = Metadata as of { $time }
metadata-never = No complete crawl yet
palette-page = Page
palette-placeholder = Jump to a table or a page
palette-assets = Catalog
palette-actions = Pages
kind-database = Database
kind-table = Table
kind-view = View
kind-column = Column
unknown = unknown
yes = Yes
no = No
no-description = No description
no-owner = No owner
deprecated = Deprecated
gone = Gone
time-ago = { $age } ago
time-just-now = just now
done-of = { $done } of { $total }
of-shown = { $shown } of { $total } shown
pages-label = Pages of the list
pages-first = First
pages-next = Next
filter-apply = Filter
filter-clear = Clear the filter
key-facts = Key facts
about = About
owner = Owner
database = Database
table = Table
tables = Tables
views = Views
tables-and-views = Tables and views
column = Column
columns = Columns
partition = Partition
partitions = Partitions
source = Source
description = Description
comment = Comment
format = Format
size = Size
files = Files
rows = Rows
created = Created
changed = Changed
checked = Checked
first-seen = First seen
location = Location
history = History
overview = Overview
state = State
actions = Actions
before-copies = before copies
count-databases = { $count ->
     [one] 1 database
    *[other] { $count } databases
}
count-tables = { $count ->
     [one] 1 table
    *[other] { $count } tables
}
count-views = { $count ->
     [one] 1 view
    *[other] { $count } views
}
parameters = Parameters
parameters-count = { $count ->
     [one] 1 parameter
    *[other] { $count } parameters
}
keys-title = Keyboard shortcuts
keys-palette = Jump to a table or a page
keys-search = Search
keys-move = move
keys-open = open
keys-help = This list
keys-close = Close what is open
keys-switch = Single-letter shortcuts on
keys-note = Single keys never act in a field and can be turned off in the help dialog.
form-mistakes = { $count } fields need another look
mistake-too-short = { $least ->
     [1] Enter something here.
    *[other] Enter { $least } characters or more.
}
mistake-too-long = Enter { $most } characters or fewer.
mistake-no-choice = Choose one of those offered.
