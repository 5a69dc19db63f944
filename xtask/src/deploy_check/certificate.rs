//! Checks that Debian's certbot accepts the commands for certificates in docs/deploy.md.

use std::{fs, process::Command};

use anyhow::{Context, Result, ensure};

use crate::paths;

/// Runs each documented command without a certificate authority: this must be the only reason for failure.
pub(super) fn check() -> Result<()> {
    let docs = fs::read_to_string(paths::root().join("docs/deploy.md"))?;
    let commands = commands(&docs);
    let issuing = commands.iter().find(|command| command.starts_with("certbot certonly"));
    ensure!(issuing.is_some(), "docs/deploy.md does not say how to get a certificate");
    for command in &commands {
        let dir = tempfile::tempdir()?;
        let dir = dir.path().display().to_string();
        // The folder that the installer creates.
        let command = command.replace("/var/lib/scorecast-acme", &dir);
        // Nothing listens on that port.
        let offline = format!(
            "{command} --config-dir {dir} --work-dir {dir} --logs-dir {dir} --non-interactive --agree-tos \
             --register-unsafely-without-email --server http://127.0.0.1:9/directory"
        );
        let output = Command::new("sh").args(["-c", &offline]).output().context("sh could not be started")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        let is_understood = said.contains("Connection refused") || output.status.success();
        ensure!(is_understood, "certbot does not take `{command}`: {said}");
    }
    print!("({} commands) ", commands.len());
    Ok(())
}

/// All certbot commands in the code blocks of a text, with continued lines joined, without `sudo` and any prefix.
fn commands(text: &str) -> Vec<String> {
    let is_code = |(number, block): (usize, &str)| (number % 2 == 1).then(|| block.replace("\\\n", " "));
    let blocks: Vec<String> = text.split("```").enumerate().filter_map(is_code).collect();
    let mut commands = Vec::new();
    for block in blocks {
        let mut rest = block.as_str();
        while let Some(start) = rest.find("sudo certbot ") {
            rest = &rest[start + "sudo ".len()..];
            // A quoted argument may span several lines.
            let mut is_quoted = false;
            let end = rest.find(|sign: char| {
                is_quoted ^= sign == '\'';
                sign == '\n' && !is_quoted
            });
            let (command, after) = rest.split_at(end.unwrap_or(rest.len()));
            commands.push(command.trim().to_owned());
            rest = after;
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_whole() {
        let text = "```\nsudo apt-get install certbot\nsudo certbot certonly -d a \\\n  --deploy-hook 'one &&\n two'\nls\n```\n\
                    `sudo certbot no`\n```\nsudo certbot renew --dry-run\n```\n";
        assert_eq!(
            commands(text),
            ["certbot certonly -d a    --deploy-hook 'one &&\n two'", "certbot renew --dry-run"]
        );
    }
}
