// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";
import {EscrowTest} from "./EscrowTest.sol";
import {Wallet} from "./Tokens.sol";

contract PostTest is EscrowTest {
    function test_a_first_post_starts_the_delay_and_earmarks_the_total() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory statement = statementOf(jobId, 3 ether);
        vm.expectEmit(address(escrow));
        emit IEscrow.EpochPosted(jobId, 0, statement, uint40(START + 1 hours));
        post(statement);

        IEscrow.Epoch memory epoch = escrow.epoch(jobId, 0);
        assertEq(epoch.root, statement.root, "root");
        assertEq(epoch.total, 3 ether, "total");
        assertEq(epoch.finalAt, START + 1 hours, "finalAt");
        assertEq(epoch.seq, 1, "seq");
        assertEq(epoch.flags + epoch.depth + epoch.claimed, 0, "nothing else");
        IEscrow.Job memory job = escrow.job(jobId);
        assertEq(job.committed, 3 ether, "committed");
        assertEq(job.epochs, 1, "epochs");
        assertEq(job.finalBy, START + 1 hours, "finalBy");
        assertEq(escrow.available(jobId), BUDGET - 3 ether, "available");
    }

    function test_only_the_settler_can_sign() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory statement = statementOf(jobId, 1 ether);
        bytes memory wrong = abi.encodeWithSelector(IEscrow.WrongSigner.selector, jobId, settler);
        bytes memory byOther = signAs(0xBAD, statement);
        vm.expectRevert(wrong);
        escrow.post(statement, byOther);

        bytes memory signature = sign(statement);
        statement.total += 1;
        vm.expectRevert(wrong);
        escrow.post(statement, signature);
        statement.total -= 1;
        vm.expectRevert(wrong);
        escrow.post(statement, "");
        vm.chainId(5);
        vm.expectRevert(wrong);
        escrow.post(statement, signature);
    }

    function test_every_field_of_a_statement_is_signed() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory signed = statementOf(jobId, 1 ether);
        bytes memory signature = sign(signed);
        IEscrow.Statement[6] memory altered;
        for (uint256 i = 0; i < 6; ++i) {
            altered[i] = statementOf(jobId, 1 ether);
        }
        (altered[0].seq, altered[1].last, altered[2].depth) = (2, true, 1);
        (altered[3].units, altered[4].root, altered[5].dataHash) = (8, "other", "other");
        for (uint256 i = 0; i < 6; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongSigner.selector, jobId, settler));
            escrow.post(altered[i], signature);
        }
        escrow.post(signed, signature);
    }

    function test_a_settler_may_be_a_contract() public {
        bytes32 jobId = keccak256(abi.encode(block.chainid, address(escrow), publisher, bytes32("salt")));
        IEscrow.Statement memory statement = statementOf(jobId, 1 ether);
        IEscrow.Opening memory opened = opening();
        opened.settler = address(new Wallet(escrow.hashStatement(statement)));
        openJob(opened, plainTerms());
        escrow.post(statement, "any");

        (statement.seq, statement.total) = (2, 2 ether);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongSigner.selector, jobId, opened.settler));
        escrow.post(statement, "any");
    }

    function test_a_higher_seq_replaces_a_pending_statement_and_the_final_time_stays() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 1 ether));
        vm.warp(START + 59 minutes);
        IEscrow.Statement memory later = statementOf(jobId, 3 ether);
        later.seq = 5;
        post(later);
        IEscrow.Epoch memory epoch = escrow.epoch(jobId, 0);
        assertEq(epoch.root, later.root, "root");
        assertEq(epoch.seq, 5, "seq");
        assertEq(epoch.finalAt, START + 1 hours, "finalAt");
        assertEq(escrow.job(jobId).committed, 3 ether, "committed");
        assertEq(escrow.job(jobId).epochs, 1, "epochs");
    }

    function test_a_seq_that_is_not_higher_is_refused() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory statement = statementOf(jobId, 1 ether);
        statement.seq = 4;
        post(statement);
        refusePost(statement, abi.encodeWithSelector(IEscrow.StaleSeq.selector, jobId, 0, 4, 4));
        statement.seq = 3;
        refusePost(statement, abi.encodeWithSelector(IEscrow.StaleSeq.selector, jobId, 0, 3, 4));
    }

    function test_a_total_never_falls() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 2 ether));
        IEscrow.Statement memory less = statementOf(jobId, 2 ether - 1);
        less.seq = 2;
        refusePost(less, abi.encodeWithSelector(IEscrow.TotalFell.selector, jobId, 0, 2 ether - 1, 2 ether));
    }

    function test_a_final_epoch_is_never_replaced() public {
        bytes32 jobId = openJob();
        post(statementOf(jobId, 1 ether));
        vm.warp(START + 1 hours);
        IEscrow.Statement memory late = statementOf(jobId, 2 ether);
        late.seq = 2;
        refusePost(late, abi.encodeWithSelector(IEscrow.AlreadyFinal.selector, jobId, 0, START + 1 hours));
    }

    function test_epochs_come_in_order() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory statement = statementOf(jobId, 1 ether);
        statement.epoch = 1;
        refusePost(statement, abi.encodeWithSelector(IEscrow.WrongEpoch.selector, jobId, 1, 0));
        post(statementOf(jobId, 1 ether));
        refusePost(statement, abi.encodeWithSelector(IEscrow.FormerEpochPending.selector, jobId, 0, START + 1 hours));
        vm.warp(START + 1 hours);
        post(statement);
        assertEq(escrow.job(jobId).committed, 2 ether, "epochs add up");
        statement.epoch = 3;
        refusePost(statement, abi.encodeWithSelector(IEscrow.WrongEpoch.selector, jobId, 3, 2));
    }

    function test_the_next_epoch_need_not_wait_for_a_last_statement() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory last = statementOf(jobId, 3 ether);
        last.last = true;
        post(last);
        assertEq(escrow.epoch(jobId, 0).finalAt, START + 1 hours, "too large to be final at once");
        IEscrow.Statement memory next = statementOf(jobId, 1 ether);
        next.epoch = 1;
        post(next);
        last.seq = 2;
        post(last);
        assertEq(escrow.epoch(jobId, 0).seq, 2, "a pending epoch is replaced even behind the newest");
    }

    function test_the_budget_less_the_reserve_is_all_that_can_be_posted() public {
        IEscrow.Terms memory terms = plainTerms();
        terms.postReserve = 1 ether;
        bytes32 jobId = openJob(opening(), terms);
        refusePost(
            statementOf(jobId, 9 ether + 1),
            abi.encodeWithSelector(IEscrow.OverBudget.selector, jobId, 9 ether + 1, 9 ether)
        );
        post(statementOf(jobId, 9 ether));
        assertEq(escrow.available(jobId), 0, "available");
        IEscrow.Statement memory more = statementOf(jobId, 9 ether + 1);
        more.seq = 2;
        refusePost(more, abi.encodeWithSelector(IEscrow.OverBudget.selector, jobId, 1, 0));
    }

    function test_a_tree_deeper_than_the_limit_is_refused() public {
        bytes32 jobId = openJob();
        IEscrow.Statement memory statement = statementOf(jobId, 1 ether);
        statement.depth = 33;
        refusePost(statement, abi.encodeWithSelector(IEscrow.TooDeep.selector, 33, 32));
    }

    function test_nothing_is_posted_for_a_job_that_is_not_there() public {
        refusePost(
            statementOf("none", 1), abi.encodeWithSelector(IEscrow.WrongState.selector, bytes32("none"), uint8(0))
        );
    }
}
