/** A place where a file is dropped, or chosen; `onFile` is told which. */
export function fileDrop(place, onFile) {
  place.querySelector('input[type=file]').addEventListener('change', ({ target }) => {
    const [file] = target.files;
    target.value = '';
    if (file) onFile(file);
  });
  for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    place.addEventListener(type, (event) => {
      event.preventDefault();
      place.toggleAttribute('data-over', type === 'dragenter' || type === 'dragover');
      const file = type === 'drop' ? event.dataTransfer.files[0] : undefined;
      if (file) onFile(file);
    });
  }
}
