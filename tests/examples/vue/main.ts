import { createApp } from 'vue';
import IssueCard from './IssueCard.vue';

createApp(IssueCard).mount('main');
