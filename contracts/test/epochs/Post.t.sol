// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {EscrowTest} from "../EscrowTest.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";

contract PostTest is EscrowTest {
    using Reader for IEscrow;
    using Signing for IEscrow;

    function test_a_first_post_starts_the_delay_and_earmarks_the_total() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 3 ether);
        vm.expectEmit(address(escrow));
        emit EpochPosted(jobId, 0, statement, (START + 1 hours));
        post(statement);

        Epoch memory epoch = escrow.epoch(jobId, 0);
        assertEq(epoch.root, statement.root, "root");
        assertEq(epoch.total, 3 ether, "total");
        assertEq(epoch.finalAt, START + 1 hours, "finalAt");
        assertEq(epoch.seq, 1, "seq");
        assertEq(epoch.flags + epoch.depth + epoch.claimed, 0, "nothing else");
        Job memory job = escrow.job(jobId);
        assertEq(job.committed, 3 ether, "committed");
        assertEq(job.epochs, 1, "epochs");
        assertEq(job.finalBy, START + 1 hours, "finalBy");
        assertEq(available(jobId), BUDGET - 3 ether, "available");
    }

    function test_only_the_settler_can_sign() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        refuseSignature(statement, sign(0xBAD, Signing.hash(statement)));
        bytes memory signature = sign(statement);
        statement.total += 1;
        refuseSignature(statement, signature);
        statement.total -= 1;
        refuseSignature(statement, "");
        vm.chainId(5);
        refuseSignature(statement, signature);
    }

    function test_every_field_of_a_statement_is_signed() public {
        bytes32 jobId = openJob();
        Statement memory signed = statementOf(jobId, 1 ether);
        bytes memory signature = sign(signed);
        Statement[6] memory altered;
        for (uint256 i = 0; i < 6; ++i) {
            altered[i] = statementOf(jobId, 1 ether);
        }
        (altered[0].seq, altered[1].last, altered[2].depth) = (2, true, 1);
        (altered[3].units, altered[4].root, altered[5].dataHash) = (8, "other", "other");
        for (uint256 i = 0; i < 6; ++i) {
            refuseSignature(altered[i], signature);
        }
        escrow.post(openings[jobId], signed, signature);
    }

    function test_a_statement_goes_with_the_opening_of_its_job() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        bytes memory signature = sign(statement);
        Opening memory other = opening();
        other.terms.postDelay = 0;
        expectRefusal(WrongJob.selector, uint256(jobId), uint256(escrow.idOf(other)));
        escrow.post(other, statement, signature);
    }

    function test_a_higher_seq_replaces_a_pending_statement_and_the_final_time_stays() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 1 ether));
        vm.warp(START + 59 minutes);
        Statement memory later = statementOf(jobId, 3 ether);
        later.seq = 5;
        post(later);
        Epoch memory epoch = escrow.epoch(jobId, 0);
        assertEq(epoch.root, later.root, "root");
        assertEq(epoch.seq, 5, "seq");
        assertEq(epoch.finalAt, START + 1 hours, "finalAt");
        assertEq(escrow.job(jobId).committed, 3 ether, "committed");
        assertEq(escrow.job(jobId).epochs, 1, "epochs");
    }

    function test_a_seq_that_is_not_higher_is_refused() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        statement.seq = 4;
        post(statement);
        expectRefusal(StaleSeq.selector, 4, 4);
        post(statement);
        statement.seq = 3;
        expectRefusal(StaleSeq.selector, 3, 4);
        post(statement);
    }

    function test_a_total_never_falls() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 2 ether));
        Statement memory less = statementOf(jobId, 2 ether - 1);
        less.seq = 2;
        expectRefusal(TotalFell.selector, 2 ether - 1, 2 ether);
        post(less);
    }

    function test_a_final_epoch_is_never_replaced() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 1 ether));
        vm.warp(START + 1 hours);
        Statement memory late = statementOf(jobId, 2 ether);
        late.seq = 2;
        expectRefusal(TooLate.selector, START + 1 hours, START + 1 hours);
        post(late);
    }

    function test_epochs_come_in_order() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        statement.epoch = 1;
        expectRefusal(WrongEpoch.selector, 1, 0);
        post(statement);
        post(statementOf(jobId, 1 ether));
        expectRefusal(TooEarly.selector, START, START + 1 hours);
        post(statement);
        vm.warp(START + 1 hours);
        post(statement);
        assertEq(escrow.job(jobId).committed, 2 ether, "epochs add up");
        statement.epoch = 3;
        expectRefusal(WrongEpoch.selector, 3, 2);
        post(statement);
    }

    function test_the_next_epoch_need_not_wait_for_a_last_statement() public {
        bytes32 jobId = openJob();
        Statement memory last = statementOf(jobId, 3 ether);
        last.last = true;
        post(last);
        assertEq(escrow.epoch(jobId, 0).finalAt, START + 1 hours, "too large to be final at once");
        Statement memory next = statementOf(jobId, 1 ether);
        next.epoch = 1;
        post(next);
        last.seq = 2;
        post(last);
        assertEq(escrow.epoch(jobId, 0).seq, 2, "a pending epoch is replaced even behind the newest");
    }

    function test_the_budget_less_the_reserve_is_all_that_can_be_posted() public {
        Opening memory opened = opening();
        opened.terms.postReserve = 1 ether;
        bytes32 jobId = openJob(opened);
        expectRefusal(OverBudget.selector, 9 ether + 1, 9 ether);
        post(statementOf(jobId, 9 ether + 1));
        post(statementOf(jobId, 9 ether));
        assertEq(available(jobId), 0, "available");
        Statement memory more = statementOf(jobId, 9 ether + 1);
        more.seq = 2;
        expectRefusal(OverBudget.selector, 1, 0);
        post(more);
    }

    function test_a_tree_deeper_than_the_limit_is_refused() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        statement.depth = 33;
        expectRefusal(TooDeep.selector, 33, 32);
        post(statement);
    }

    function test_a_seq_beyond_24_bits_is_refused() public {
        bytes32 jobId = openJob();
        Statement memory statement = statementOf(jobId, 1 ether);
        statement.seq = 2 ** 24;
        expectRefusal(StaleSeq.selector, 2 ** 24, 2 ** 24 - 1);
        post(statement);
        statement.seq = 2 ** 24 - 1;
        post(statement);
        assertEq(escrow.epoch(jobId, 0).seq, 2 ** 24 - 1, "the highest");
    }

    function test_nothing_is_posted_for_a_job_that_is_not_there() public {
        bytes32 jobId = remember(opening());
        expectRefusal(WrongState.selector, 0, uint256(jobId));
        post(statementOf(jobId, 1));
    }

    function refuseSignature(Statement memory statement, bytes memory signature) private {
        expectRefusal(WrongSigner.selector, uint160(settler), uint256(Signing.hash(statement)));
        escrow.post(openings[statement.jobId], statement, signature);
    }
}
