// Counts the words of a file, in the order of their number; a map of the standard library asks for random numbers.
use std::collections::HashMap;
use std::io::Write;

fn main() -> std::io::Result<()> {
    let least: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let text = std::fs::read_to_string("/text.txt")?;
    let mut counts: HashMap<String, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut list: Vec<_> = counts.into_iter().filter(|(_, count)| *count >= least).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for (word, count) in list {
        writeln!(out, "{count} {word}")?;
    }
    std::fs::create_dir_all("/made/by")?;
    std::fs::write("/made/by/words", format!("{} bytes read\n", text.len()))?;
    out.flush()
}
