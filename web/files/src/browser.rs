//! What the browser does with a file: shows it, and saves it to the reader's disk.

use js_sys::{Array, encode_uri_component};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, Element, HtmlAnchorElement,
    HtmlCanvasElement, HtmlImageElement, Url,
};

/// How many pixels of a picture are one of the screen's: enough to print.
const SCALE: f64 = 2.0;

thread_local! {
    /// The address of what is shown: the browser keeps that until it is told not to.
    static SHOWN: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The address of what was saved last: by the next time the browser has written it.
    static SAVED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The address of a figure, for an image; the one before is forgotten.
pub(crate) fn show(svg: &str) -> Option<String> {
    let address = address_of(&JsValue::from_str(svg), "image/svg+xml").ok();
    SHOWN.with_borrow_mut(|shown| take_place_of(shown, address.clone()));
    address
}

fn take_place_of(kept: &mut Option<String>, address: Option<String>) {
    if let Some(before) = std::mem::replace(kept, address) {
        let _ = Url::revoke_object_url(&before);
    }
}

fn address_of(content: &JsValue, kind: &str) -> Result<String, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_blob_sequence_and_options(&Array::of1(content), &options)?;
    Url::create_object_url_with_blob(&blob)
}

/// Has the browser save a text, or, where the file's name ends in `.png`, a figure as pixels.
pub(crate) async fn save(name: &str, text: &str) -> Result<(), JsValue> {
    let address = match name.rsplit_once('.') {
        Some((_, "png")) => picture_of(text).await?,
        Some((_, "svg")) => address_of(&JsValue::from_str(text), "image/svg+xml")?,
        _ => address_of(&JsValue::from_str(text), "text/plain")?,
    };
    let link: HtmlAnchorElement = document()?.create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    SAVED.with_borrow_mut(|saved| take_place_of(saved, Some(address)));
    Ok(())
}

/// The address of a figure in pixels.
async fn picture_of(svg: &str) -> Result<String, JsValue> {
    let image = HtmlImageElement::new()?;
    // A `data:` address is of the page's own origin, whatever that is: else the canvas
    // would keep its pixels to itself.
    let address = format!("data:image/svg+xml,{}", String::from(encode_uri_component(svg)));
    image.set_src(&address);
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = document()?.create_element("canvas")?.dyn_into()?;
    let (width, height) = (f64::from(image.width()) * SCALE, f64::from(image.height()) * SCALE);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d")?.ok_or("no canvas")?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    canvas.to_data_url()
}

/// The element with this id.
pub(crate) fn element(id: &str) -> Option<Element> {
    document().ok()?.get_element_by_id(id)
}

/// A place for the dialog, at the end of the page.
pub(crate) fn place() -> Option<Element> {
    let document = document().ok()?;
    let place = document.create_element("div").ok()?;
    document.body()?.append_child(&place).ok()?;
    Some(place)
}

fn document() -> Result<Document, JsValue> {
    let document = web_sys::window().and_then(|window| window.document());
    document.ok_or_else(|| "no document".into())
}
