//! Trees as sources have them: with parents that are missing, and with circles.

use std::collections::{BTreeMap, BTreeSet};

/// A forest: each node has a parent that exists, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub parents: BTreeMap<String, Option<String>>,
    /// Nodes whose parent was left out because it led back to them.
    pub cut: Vec<String>,
    /// Nodes whose parent is not there, with what it was called.
    pub orphans: Vec<(String, String)>,
}

/// Of nodes and the parents they name. A circle is cut at its smallest node, so that every crawl cuts it at the same.
pub fn tree<'a>(nodes: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Tree {
    let named: BTreeMap<&str, Option<&str>> = nodes.into_iter().collect();
    let mut tree = Tree::default();
    for (node, parent) in &named {
        let there = parent.filter(|parent| named.contains_key(parent));
        if let (Some(parent), None) = (parent, there) {
            tree.orphans.push(((*node).to_owned(), (*parent).to_owned()));
        }
        tree.parents.insert((*node).to_owned(), there.map(str::to_owned));
    }
    let mut sound: BTreeSet<&str> = BTreeSet::new();
    for start in named.keys() {
        let mut path: Vec<&str> = Vec::new();
        let mut on_path: BTreeSet<&str> = BTreeSet::new();
        let mut at = Some(*start);
        while let Some(node) = at {
            if sound.contains(node) {
                break;
            }
            if !on_path.insert(node) {
                let circle = path.iter().skip_while(|one| **one != node);
                let smallest = circle.min().copied().unwrap_or(node);
                tree.parents.insert(smallest.to_owned(), None);
                tree.cut.push(smallest.to_owned());
                break;
            }
            path.push(node);
            at = named.get(node).copied().flatten().filter(|parent| named.contains_key(parent));
        }
        sound.extend(path);
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_cut_and_orphans_told() {
        let nodes = [
            ("a", Some("b")),
            ("b", Some("c")),
            ("c", Some("a")),
            ("self", Some("self")),
            ("leaf", Some("c")),
            ("lost", Some("gone")),
            ("root", None),
        ];
        let tree = tree(nodes);
        assert_eq!(tree.cut, ["a", "self"]);
        assert_eq!(tree.orphans, [("lost".to_owned(), "gone".to_owned())]);
        assert_eq!(tree.parents["a"], None);
        assert_eq!(tree.parents["b"], Some("c".to_owned()));
        assert_eq!(tree.parents["c"], Some("a".to_owned()));
        assert_eq!(tree.parents["leaf"], Some("c".to_owned()));
        assert_eq!(tree.parents["lost"], None);
    }
}
