// Questions to go on with: shown only under the answer that they were made for.
const panel = element.querySelector(".suggested");

function render() {
  const value = props.value || {};
  const slots = document.querySelectorAll("#transcript .slot");
  const last = slots.length ? slots[slots.length - 1].dataset.key : "";
  const questions = value.turn && value.turn === last ? value.questions || [] : [];
  panel.replaceChildren(...questions.map((question) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "suggestion";
    button.textContent = question;
    button.addEventListener("click", () => {
      panel.hidden = true;
      trigger("example", { question });
    });
    return button;
  }));
  panel.hidden = !questions.length;
}

window.addEventListener("govqa:turns", render);
watch("value", render);
render();
