//! The parts that pages are made of, with the markup of the style guide.

mod form;
mod icon;
mod list;
mod page;
mod person;
mod prose;
mod status;
mod value;

pub(crate) use form::{Field, Submit};
pub(crate) use icon::{icon, icon_small, icon_url, kind_icon};
pub(crate) use list::{Filter, data_table, empty};
pub(crate) use page::{breadcrumb, fact_list, page_header, panel, stat_row};
pub(crate) use person::avatar;
pub(crate) use prose::{Typed, marked, prose_panel};
pub(crate) use status::{badge, spark, status};
