//! The screens and preferences of visitors.

use anyhow::Result;
use serde_json::json;

use crate::{browser::Browser, driver::Engine};

/// A screen, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// The width.
    pub width: u32,
    /// The height.
    pub height: u32,
    /// Whether to emulate a phone: touch, and the viewport that the page requests.
    pub is_mobile: bool,
}

impl Screen {
    /// A desktop.
    pub const DESKTOP: Self = Self { width: 1440, height: 1000, is_mobile: false };
    /// A tablet in portrait mode.
    pub const TABLET: Self = Self { width: 768, height: 1024, is_mobile: true };
    /// A common phone.
    pub const PHONE: Self = Self { width: 390, height: 844, is_mobile: true };
    /// The smallest supported screen.
    pub const SMALL_PHONE: Self = Self { width: 320, height: 568, is_mobile: true };
}

impl Browser {
    /// Shows the page on a screen of another size.
    ///
    /// # Errors
    ///
    /// When the browser is closed.
    pub async fn use_screen(&self, screen: Screen) -> Result<()> {
        if self.engine() == Engine::Firefox {
            return self.use_firefox_screen(screen).await;
        }
        let metrics = json!({
            "width": screen.width,
            "height": screen.height,
            "mobile": screen.is_mobile,
            "deviceScaleFactor": 1,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": screen.is_mobile })).await?;
        Ok(())
    }

    /// Sets the visitor's preferences, as in `[("prefers-color-scheme", "dark")]`; all others are reset.
    ///
    /// # Errors
    ///
    /// When the browser is closed.
    pub async fn prefer(&self, features: &[(&str, &str)]) -> Result<()> {
        if self.engine() == Engine::Firefox {
            return self.prefer_in_firefox(features).await;
        }
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }
}
