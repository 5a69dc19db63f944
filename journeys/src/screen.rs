//! The devices and settings that visitors bring along.

use anyhow::Result;
use serde_json::json;

use crate::{browser::Browser, driver::Engine};

/// A screen, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Whether it is a phone: touch, and the viewport that the page asks for.
    pub is_mobile: bool,
}

impl Screen {
    /// A desktop's.
    pub const DESKTOP: Self = Self { width: 1440, height: 1000, is_mobile: false };
    /// A tablet's, upright.
    pub const TABLET: Self = Self { width: 768, height: 1024, is_mobile: true };
    /// A common phone's.
    pub const PHONE: Self = Self { width: 390, height: 844, is_mobile: true };
    /// The narrowest that the page is made for.
    pub const SMALL_PHONE: Self = Self { width: 320, height: 568, is_mobile: true };
}

impl Browser {
    /// Shows the page on another screen.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
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

    /// Sets what the visitor prefers, as in `[("prefers-color-scheme", "dark")]`; the rest is as
    /// usual again.
    ///
    /// # Errors
    ///
    /// When the browser is gone.
    pub async fn prefer(&self, features: &[(&str, &str)]) -> Result<()> {
        if self.engine() == Engine::Firefox {
            return self.prefer_in_firefox(features).await;
        }
        let features: Vec<_> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }
}
